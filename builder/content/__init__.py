"""Source files → articles: frozen values with their attribution and rights."""

"""Source files → their texts in every variant: the work that is spread over processes, and the editor's view of it."""

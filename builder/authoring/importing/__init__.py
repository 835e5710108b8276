"""Scraped text, HTML pages and feeds → Markdown sources that say who wrote a text and where it comes from."""

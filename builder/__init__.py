"""Wenzhai (文摘): a static site generator for curated Chinese tech-news digests."""

__version__ = "0.1.0"

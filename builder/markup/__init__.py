"""Markdown → sanitised HTML whose references to other files are not resolved yet."""

"""Conversion of text and HTML between the scripts of Chinese."""

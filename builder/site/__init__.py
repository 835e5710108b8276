"""Articles → collections → planned pages, as closed views."""

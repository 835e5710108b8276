"""What is looked at from outside: whether other sites answer."""

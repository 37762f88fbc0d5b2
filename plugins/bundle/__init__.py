"""`evidence.zip`: everything one run rests on, sealed, and able to be judged again."""

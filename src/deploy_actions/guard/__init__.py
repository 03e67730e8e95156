"""What actions share that start a command of the product's: its inputs, all that it gets, and how its end is judged."""

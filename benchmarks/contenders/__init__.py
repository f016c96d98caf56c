"""Who is compared, and what starts and asks each of them."""

"""Models that teach others: their scores, and the targets made of them."""

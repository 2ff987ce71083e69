"""Cars: what is on offer, its badge, and a series of pictures of one car from many angles."""

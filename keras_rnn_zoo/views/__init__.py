"""What finished runs look at, write and score: gathered here, drawn by `plots`."""

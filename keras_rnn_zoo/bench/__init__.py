"""What is measured over several runs or rounds, and the tables made of it."""

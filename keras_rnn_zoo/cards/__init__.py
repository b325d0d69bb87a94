"""What a configuration, builder, cell or dataset is: texts, tables and pictures for people."""

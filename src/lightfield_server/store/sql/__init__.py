"""The store's statements, in the SQL that its engines share; one module for each group of tables."""

"""Fast copies of rules that are written readably elsewhere; tests hold each against its rule."""

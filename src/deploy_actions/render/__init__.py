"""Turns a report into what each surface shows. Pure: text in, text out; one file a surface."""

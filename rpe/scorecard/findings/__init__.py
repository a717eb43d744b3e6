"""The findings, one file each, named in the field's words.

Each file defines `FINDING`, with its id, protocol, criterion and what is expected of which theory; a
new finding is a new file here. Modules whose name begins with an underscore are helpers.
"""

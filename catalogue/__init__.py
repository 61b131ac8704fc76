"""Products as files that Lengow reads: headings, texts, checks and formats.

headers   how columns may be called, and which of them are the same to Lengow
presets   the columns of a new catalogue, as Lengow's own plugins call them
texts     any value as a text of one line; HTML as text, or with a little of its shape
checks    what is wrong with a row, before a marketplace says so
changes   how far a new file is from the last one: whether a person should look first
formats   rows as CSV, XML and JSON, one by one
packing   the same packed, with equal bytes for equal rows
unpacking finished files read again: piece by piece, or a few rows
visit     what a stranger gets at an address

Knows plain values alone: no record of Odoo, and nothing of the rest of the addon.
"""

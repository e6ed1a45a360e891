"""Every address of the product, asked by everybody.

How to add a page: write one line for it in `matrix/APP.py`, in the order of the columns there.
The tests then ask the address as each actor on the small company of `world.py`, compare the
status, and look in every answer for words that this actor must never read. A pattern of the
URL table without a line fails `test_each_address_has_a_line`.

How to add a kind of record with a rule of its own: make one in `world.py`, with a word in it
that stands nowhere else, and say there who may read the word. Then name the word in `shows`
of the lists that must hold it.
"""

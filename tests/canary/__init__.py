"""The canary sweep: a unique word in every private field, and nobody meets one who should not.

`fields` says who may meet what, `land` builds two networks with something in every table, `paint`
puts the words in, `crawl` walks everything that leaves the house, `verdict` compares.
"""

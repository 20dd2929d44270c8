"""What was done, by whom, from where and with which token: audit events, which are written once and kept.

An event is part of the transaction of the change it tells of. What floors below did they tell `accounts.deeds`.
"""

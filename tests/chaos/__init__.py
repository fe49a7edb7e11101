"""Chaos: what is promised of a bot that dies, is drowned in requests, or stands between faults, measured.

`make chaos` runs every scenario whole and prints what came of it; the tests run each for seconds.
"""

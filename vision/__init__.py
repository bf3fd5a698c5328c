"""frame → facts: what stands in a picture, which way it went, and who it is if that is beyond doubt.

A library of its own: no MQTT, no database and no clock. Time comes with each frame; whoever uses it decides what happens next.
"""

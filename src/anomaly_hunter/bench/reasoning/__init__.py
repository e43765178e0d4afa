"""What language models add: agents on incidents with a known cause, with and without a model.

Conversations are recorded and replayed at the model's requests, so that it runs without a network.
"""

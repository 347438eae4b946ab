"""The codec of Bash and Python: (utterance, code) <-> tokens of the vocabulary that goes on behind the rules' own.

Output tokens: the rule vocabulary with its ids (of which code uses the pad and the word sentinels), then byte-level BPE pieces.
A word of the utterance that stands in the code is one sentinel and is never spelt.
"""

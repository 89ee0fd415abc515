"""Sizes of the network, and what rule.json says of what surrounds it. Read as attributes: an ablation sets them anew."""
import json
import os

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'rule.json')) as file:
    RULE = {name: entry['value'] for name, entry in json.load(file).items() if name != '_'}

NAMES_OF_STATISTICS = RULE['STATISTICS']
STATISTICS = len(NAMES_OF_STATISTICS)
COEFFICIENTS = RULE['COEFFICIENTS']
BAND_ROWS = RULE['BAND_ROWS']

DERIVED = 6                # features that the stem works out from the statistics, see features.py
COLOUR = slice(13, 15)     # channels of the statistics: mean Cb and Cr, less grey
INDEX = slice(8, 9)        # (k-r)/4
NEUTRAL = 128 / 255        # code of colourless Cb and Cr

TOKEN_BYTES = 16
TOKEN_COLUMNS = 4
VIEWS = 2                  # of each exposure in the survey: a dense bracket has about as many between two of ours
WIDTH = 32
QUERY = 16
BLOCKS = 3
HALO = BLOCKS              # rows; the convolutions reach one row a block


def survey_maps():
    """Of an exposure: weights and brightness of its views, mean Cb and Cr."""
    return 2 * VIEWS + 2

"""What the benchmark keeps for itself. Training must leave these out, as background and as texture.

Import this file (it needs nothing) or read it: names are those of ../shared/data, without their ending.
"""

# 6 of the 18 in free/photos-4k: day and night, nature and town, sharp at 3840 pixels, see README.md.
HELD_OUT_PHOTOS = [
    'casa-mila',
    'extreme-desert-hike',
    'oakland-zoo-otters',
    'piazza-gae-aulenti',
    'singaporean-cityscape',
    'sunset_by_Aitzol_Berasategi',
]

# All of measure-only/hdr-4k. By the terms of the data they must not be trained on anyway.
HELD_OUT_RADIANCE = ['cwz_library1', 'll_own1', 'my_jin', 'yh_park']

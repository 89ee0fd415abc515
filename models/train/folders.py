"""Where things lie."""
import os

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = os.path.dirname(HERE)
REPOSITORY = os.path.dirname(MODELS)
TEST = os.path.join(REPOSITORY, 'test')
GOLDEN = os.path.join(TEST, 'golden')
QUALITY = os.path.join(REPOSITORY, 'bench', 'quality')  # how pictures are measured
BLOCKS = os.path.join(TEST, 'ipl', 'network', 'blocks.json')  # how large blocks are, in the product and here
CACHE = os.environ.get('GST_IPL_TRAIN_CACHE') or os.path.join(HERE, 'cache')  # pictures, shards, the compiled convolution: all can be made again
RUNS = os.environ.get('GST_IPL_TRAIN_RUNS') or os.path.join(HERE, 'runs')     # a folder for each training

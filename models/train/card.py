"""The machine-read card beside the ONNX file: what goes in, what comes out, how it was made."""
import hashlib

import network

STATISTICS = ['mean Yk', 'std Yk', 'min Yk', 'max Yk', 'mean Yr', 'std Yr', 'mean |Yk-Yr|',
              '10*cov(Yk,Yr)', '(k-r)/4', 'K/5', 'contrast', 'saturation', 'mean |Ck-Cr|']


def tensor(name, kind, shape, meaning, value_range):
    """One input or output."""
    return {'name': name, 'type': kind, 'shape': shape, 'meaning': meaning, 'range': value_range}


def describe(path, opset, model, training, figures):
    """The card of the ONNX file at `path` as a dictionary."""
    with open(path, 'rb') as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    size = network.TOKEN_BYTES
    return {
        'name': 'ipl-s',
        'file': 'ipl-s.onnx',
        'sha256': digest,
        'opset': opset,
        'parameters': sum(p.numel() for p in model.parameters()),
        'halo': network.HALO,
        'tokenBytes': size,
        'bandRows': network.BAND_ROWS,
        'tokenColumns': network.TOKEN_COLUMNS,
        'statistics': STATISTICS,
        'coefficients': network.COEFFICIENTS,
        'logits': 'log2',
        'exposures': {'min': 2, 'max': 5},
        'inputs': [
            tensor('statistics', 'float32', ['K', network.STATISTICS, f'rows+{2 * network.HALO}', 'w'],
                   'block statistics of the slice and of halo rows above and below, '
                   'replicated at the picture border; rows is a multiple of 4', '-2.5..2.5'),
            tensor('column_pool', 'float32', ['w', 8],
                   'column j averages map columns j*w/8..(j+1)*w/8 by overlap', '0..1'),
            tensor('cache', 'uint8', ['slots', size], 'attention cache, round(127.5*(1+tanh))', '0..255'),
            tensor('occupied', 'float32', ['slots'], '1 where a slot holds a token', '0 or 1'),
            tensor('placement', 'float32', ['cells', 'slots'],
                   'one-hot rows: slot of each cell of the slice, cells = rows/4*8, band-major', '0 or 1'),
            tensor('momentum', 'float32', [1], 'share of the old token kept in an occupied slot', '0..1'),
        ],
        'outputs': [
            tensor('coefficients', 'float32', ['K', 6, 'rows+2', 'w'],
                   'c0..c5 of logit_k = c0 + c1*Yk + c2*Yr + c3*Yk^2 + c4*Yk*Yr + c5*Yr^2, in powers of two '
                   'against the reference; the reference has its tone curve instead (models/train/rule.py); '
                   'one extra row above and below', '-400..400'),
            tensor('tokens', 'uint8', ['cells', size], 'new cache content of the slice', '0..255'),
        ],
        'cache': {
            'compression': 'byte = round(127.5*(1+tanh(x))), value = byte/127.5-1',
            'momentum': 'byte = round(m*old + (1-m)*new), m = momentum*occupied',
            'default momentum': 0,
            'slots': 'any number; unoccupied slots are masked out of the attention',
        },
        'training': training,
        'figures': figures,
    }

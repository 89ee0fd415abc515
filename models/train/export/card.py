"""The machine-read card beside the ONNX file: what goes in, what comes out, how it was made."""
import hashlib

from network import shape

OPSET = 15
FORMAT = 2  # of the card, and of what the network takes and gives


def tensor(name, kind, shape, meaning, value_range):
    """One input or output."""
    return {'name': name, 'type': kind, 'shape': shape, 'meaning': meaning, 'range': value_range}


def describe(path, model, training, figures):
    """The card of the ONNX file at `path` as a dictionary."""
    with open(path, 'rb') as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    size = shape.TOKEN_BYTES
    return {
        'name': 'ipl-s',
        'file': 'ipl-s.onnx',
        'sha256': digest,
        'format': FORMAT,
        'opset': OPSET,
        'parameters': sum(p.numel() for p in model.parameters()),
        'halo': shape.HALO,
        'tokenBytes': size,
        'bandRows': shape.BAND_ROWS,
        'tokenColumns': shape.TOKEN_COLUMNS,
        'views': shape.VIEWS,
        'statistics': shape.NAMES_OF_STATISTICS,
        'coefficients': shape.COEFFICIENTS,
        'logits': 'log2',
        'exposures': shape.RULE['EXPOSURES'],
        'inputs': [
            tensor('statistics', 'float32', ['K', shape.STATISTICS, f'rows+{2 * shape.HALO}', 'w'],
                   'block statistics of the slice and of halo rows above and below, '
                   'replicated at the picture border; rows is a multiple of 4', '-2.5..2.5'),
            tensor('column_pool', 'float32', ['w', shape.TOKEN_COLUMNS],
                   f'column j averages map columns j*w/{shape.TOKEN_COLUMNS}..(j+1)*w/{shape.TOKEN_COLUMNS} by overlap', '0..1'),
            tensor('tokens', 'uint8', ['slots', size], 'attention cache, round(127.5*(1+tanh))', '0..255'),
            tensor('occupied', 'float32', ['slots'], '1 where a slot holds a token', '0 or 1'),
            tensor('placement', 'float32', ['cells', 'slots'],
                   f'one-hot rows: slot of each cell of the slice, cells = rows/{shape.BAND_ROWS}*{shape.TOKEN_COLUMNS}, band-major', '0 or 1'),
            tensor('survey', 'uint8', ['K', shape.survey_maps(), 'h', 'w'],
                   'attention cache: weights of the views of each exposure, their brightness, mean Cb and Cr, of the whole map', '0..255'),
            tensor('own_rows', 'float32', ['h', 'rows'], 'one-hot columns: the rows of the map that are the slice\'s; 0 for padding', '0 or 1'),
            tensor('down_rows', 'float32', ['Lh', 'h'], 'pyramid: rows to the rows of all levels (models/train/network/pyramid.py)', '0..1'),
            tensor('next_rows', 'float32', ['Lh', 'h'], 'pyramid: what the next coarser level shows of each', '0..1'),
            tensor('up_rows', 'float32', [f'rows+{2 * shape.HALO}', 'Lh'], 'pyramid: all levels to the rows of the slice and its halo', '0..1'),
            tensor('down_columns', 'float32', ['w', 'Lw'], 'down_rows for columns, transposed', '0..1'),
            tensor('next_columns', 'float32', ['w', 'Lw'], 'next_rows for columns, transposed', '0..1'),
            tensor('up_columns', 'float32', ['Lw', 'w'], 'up_rows for all columns, transposed', '0..1'),
            tensor('same_level', 'float32', ['Lh', 'Lw'], '1 where row and column are of one level', '0 or 1'),
        ],
        'outputs': [
            tensor('coefficients', 'float32', ['K', 6, 'rows', 'w'],
                   'c0..c5 of logit_k = c0 + c1*Yk + c2*Yr + c3*Yk^2 + c4*Yk*Yr + c5*Yr^2, in powers of two '
                   'against the reference; the reference has its tone curve and the fused chroma instead (models/train/network/rule.py)',
                   '-400..400'),
            tensor('new_tokens', 'uint8', ['cells', size], 'new tokens of the slice', '0..255'),
            tensor('new_survey', 'uint8', ['K', shape.survey_maps(), 'rows', 'w'], 'new survey of the slice', '0..255'),
        ],
        'cache': {
            'compression': 'tokens: byte = round(127.5*(1+tanh(x))), value = byte/127.5-1; survey: byte = round(255*x)',
            'slots': 'any number; unoccupied slots are masked out of the attention',
        },
        'training': training,
        'figures': figures,
    }

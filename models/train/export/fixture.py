"""Seeded inputs for the network, and a bridge to onnxruntime-node."""
import json
import os
import subprocess
import tempfile

import numpy as np
import torch

from network import shape
from network.features import column_pool
from network.slices import slice_rows

HERE = os.path.dirname(os.path.abspath(__file__))
# In this order.
NAMES = ['statistics', 'column_pool', 'tokens', 'occupied', 'placement', 'survey', 'own_rows', 'down_rows', 'next_rows',
         'up_rows', 'down_columns', 'next_columns', 'up_columns', 'same_level']


def seeded(k=3, rows=8, w=12, slots=16, first=0, seed=7):
    """Random but plausible inputs in the order of NAMES; the slice's cells start at `first`, in a map that has as many
    rows as the slots say, the last of them padding."""
    rng = np.random.default_rng(seed)
    statistics = rng.uniform(0, 1, (k, shape.STATISTICS, rows + 2 * shape.HALO, w))
    statistics[:, 8] = ((np.arange(k) - (k - 1) // 2) / 4)[:, None, None]
    statistics[:, 9] = k / 5
    statistics[:, 10:] *= 0.2
    statistics[:, shape.COLOUR] -= 0.1
    cells = rows // shape.BAND_ROWS * shape.TOKEN_COLUMNS
    placement = np.zeros((cells, slots), np.float32)
    placement[np.arange(cells), first + np.arange(cells)] = 1
    h = slots // shape.TOKEN_COLUMNS * shape.BAND_ROWS - 1
    return [
        torch.tensor(statistics, dtype=torch.float32),
        column_pool(w),
        torch.tensor(rng.integers(0, 256, (slots, shape.TOKEN_BYTES)), dtype=torch.uint8),
        torch.tensor(rng.integers(0, 2, slots), dtype=torch.float32),
        torch.tensor(placement),
        torch.tensor(rng.integers(0, 256, (k, shape.survey_maps(), h, w)), dtype=torch.uint8),
        *slice_rows(h, w, first // shape.TOKEN_COLUMNS * shape.BAND_ROWS, rows),
    ]


def as_json(tensors, digits=7):
    """{name: {type, dims, data}} of named tensors; float data kept to float32's digits."""
    out = {}
    for name, tensor in tensors.items():
        byte = tensor.dtype == torch.uint8
        data = tensor.flatten().tolist()
        out[name] = {
            'type': 'uint8' if byte else 'float32',
            'dims': list(tensor.shape),
            'data': data if byte else [float(f'%.{digits + 2}g' % v) for v in data],
        }
    return out


def run_onnx(path, tensors, repeats=0):
    """Outputs of onnxruntime-node's CPU provider (numpy) and the median time in ms."""
    with tempfile.NamedTemporaryFile('w', suffix='.json') as file:
        json.dump(as_json(dict(zip(NAMES, tensors))), file)
        file.flush()
        done = subprocess.run(['node', os.path.join(HERE, 'run_onnx.js'), path, file.name, str(repeats)],
                              check=True, stdout=subprocess.PIPE)
    out = json.loads(done.stdout)
    return {n: np.array(t['data']).reshape(t['dims']) for n, t in out.items() if n != 'ms'}, out['ms']

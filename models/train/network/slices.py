"""What the network is told of where a slice lies in its picture."""
import torch

from network import pyramid, shape


def slice_rows(h, w, top, rows):
    """own_rows and the pyramid's matrices of the slice of `rows` rows from `top` on, in a map of h x w cells."""
    at = top + torch.arange(rows)
    own = (torch.arange(h)[:, None] == at[None]).float()
    (down, following, up), columns, mask = pyramid.matrices(h, w)
    around = (top - shape.HALO + torch.arange(rows + 2 * shape.HALO)).clamp(0, h - 1)
    return [own, down, following, up[around], *columns, mask]

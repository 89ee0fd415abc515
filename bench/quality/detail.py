"""What of a picture is judged without a truth, for one bracket: lost detail, what is kept, halo and glow."""
from halo import Halo
from lost_detail import LostDetail
from reduced import grey

FIGURES = ['highlights', 'shadows', 'kept', 'halo', 'glow']


class Detail:
    """`exposures`: uint8 BGR, dark to bright, of one instant and lined up."""

    def __init__(self, exposures, reference, valid=None):
        exposures = [grey(exposure) for exposure in exposures]
        self.lost = LostDetail(exposures, reference, valid)
        self.halo = Halo(exposures, valid)

    def score(self, picture):
        """Of a fused picture, uint8 BGR of any size; what the bracket has nothing of is left out."""
        codes = grey(picture)
        return {**self.lost.score(codes), **self.halo.score(codes)}

    def marked(self, picture):
        """Where lost detail is back and where it is not (LostDetail.marked)."""
        return self.lost.marked(grey(picture))

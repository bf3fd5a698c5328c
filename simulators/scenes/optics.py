"""a place in the entrance, in metres → pixels: a level pinhole camera above the heads, its horizon a third from the top.

The camera stands at x = 0, z = 0 and looks along z. A point x metres to the right, y above the floor and z ahead is seen at column
centre + focal · x / z and row horizon + focal · (height - y) / z (the pinhole camera: Hartley and Zisserman, chapter 6).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Optics:
    """A camera for pictures of `width` by `height` pixels."""

    width: int
    height: int
    above_m: float = 1.9

    @property
    def focal(self) -> float:
        """Return the focal length in pixels: a field of view of about 55 degrees across a wide picture."""
        return 0.95 * max(self.width, self.height * 16 / 9)

    @property
    def horizon(self) -> float:
        """Return the row of everything as high as the camera."""
        return 0.36 * self.height

    def scale(self, z_m: float) -> float:
        """Return how many pixels a metre takes at a distance."""
        return self.focal / z_m

    def pixel(self, x_m: float, y_m: float, z_m: float) -> tuple[float, float]:
        """Return column and row of a point."""
        return self.width / 2 + self.focal * x_m / z_m, self.horizon + self.focal * (self.above_m - y_m) / z_m

    def across(self, column: float, z_m: float) -> float:
        """Return how far to the right a point is that is seen at a column, at a distance."""
        return (column - self.width / 2) * z_m / self.focal

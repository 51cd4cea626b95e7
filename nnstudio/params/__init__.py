"""Parameter kinds: what a person can set on a layer, a data set or a training plan.

One kind knows how to check a value, and what a form needs to show it. Values are plain JSON (bool, int, float, str,
None, nested tuples of numbers), so they can be saved, sent and written into source as literals.

`required` says that PyTorch itself has no default, so the argument is always written. `torch_default` is PyTorch's own
default where ours differs: an argument equal to it is left out of the source.
"""

from nnstudio.params.files import (
    Column as Column,
)
from nnstudio.params.files import (
    Columns as Columns,
)
from nnstudio.params.files import (
    ColumnsParam as ColumnsParam,
)
from nnstudio.params.files import (
    FilePath as FilePath,
)
from nnstudio.params.files import (
    Instead as Instead,
)
from nnstudio.params.files import (
    InsteadParam as InsteadParam,
)
from nnstudio.params.files import (
    PathParam as PathParam,
)
from nnstudio.params.files import (
    Strings as Strings,
)
from nnstudio.params.files import (
    StringsParam as StringsParam,
)
from nnstudio.params.files import (
    columns_of as columns_of,
)
from nnstudio.params.kinds import (
    Bool as Bool,
)
from nnstudio.params.kinds import (
    BoolParam as BoolParam,
)
from nnstudio.params.kinds import (
    Choice as Choice,
)
from nnstudio.params.kinds import (
    ChoiceParam as ChoiceParam,
)
from nnstudio.params.kinds import (
    Float as Float,
)
from nnstudio.params.kinds import (
    FloatParam as FloatParam,
)
from nnstudio.params.kinds import (
    Floats as Floats,
)
from nnstudio.params.kinds import (
    FloatsParam as FloatsParam,
)
from nnstudio.params.kinds import (
    Int as Int,
)
from nnstudio.params.kinds import (
    IntParam as IntParam,
)
from nnstudio.params.kinds import (
    Padding as Padding,
)
from nnstudio.params.kinds import (
    PaddingParam as PaddingParam,
)
from nnstudio.params.kinds import (
    ShapeParam as ShapeParam,
)
from nnstudio.params.kinds import (
    Size as Size,
)
from nnstudio.params.kinds import (
    SizeParam as SizeParam,
)
from nnstudio.params.kinds import (
    Sizes as Sizes,
)
from nnstudio.params.points import (
    MOST_CLASSES as MOST_CLASSES,
)
from nnstudio.params.points import (
    MOST_POINTS as MOST_POINTS,
)
from nnstudio.params.points import (
    PLACES as PLACES,
)
from nnstudio.params.points import (
    REACH as REACH,
)
from nnstudio.params.points import (
    Point as Point,
)
from nnstudio.params.points import (
    Points as Points,
)
from nnstudio.params.points import (
    PointsParam as PointsParam,
)
from nnstudio.params.points import (
    classes_in as classes_in,
)
from nnstudio.params.points import (
    points_of as points_of,
)
from nnstudio.params.spec import OURS as OURS
from nnstudio.params.spec import Param as Param
from nnstudio.params.spec import ParamSet as ParamSet
from nnstudio.params.spec import Value as Value
from nnstudio.params.spec import Values as Values
from nnstudio.params.typed import (
    CodeParam as CodeParam,
)
from nnstudio.params.typed import (
    Names as Names,
)
from nnstudio.params.typed import (
    NamesParam as NamesParam,
)
from nnstudio.params.typed import (
    Source as Source,
)
from nnstudio.params.typed import (
    Tensor as Tensor,
)
from nnstudio.params.typed import (
    TensorParam as TensorParam,
)
from nnstudio.params.typed import (
    Text as Text,
)
from nnstudio.params.typed import (
    TextParam as TextParam,
)
from nnstudio.params.typed import (
    shape_of as shape_of,
)
from nnstudio.params.typed import (
    split_names as split_names,
)

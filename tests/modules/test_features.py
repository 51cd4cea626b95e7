import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import PolynomialFeatures as Oracle

from nnstudio.modules.features import PolynomialFeatures, SineFeatures


@given(st.integers(1, 4), st.integers(1, 4))
def test_monomials_are_those_of_scikit_learn_in_its_order(degree, features):
    x = torch.randn(5, features, dtype=torch.float64)
    expected = Oracle(degree, include_bias=False).fit_transform(x.numpy())
    torch.testing.assert_close(PolynomialFeatures(degree)(x), torch.from_numpy(expected))


def test_two_features_of_degree_two():
    x = torch.tensor([[[2.0, 3.0]]])
    assert PolynomialFeatures()(x).tolist() == [[[2, 3, 4, 6, 9]]]
    assert PolynomialFeatures(interactions=False)(x).tolist() == [[[2, 3, 4, 9]]]
    assert PolynomialFeatures(3, interactions=False)(x).tolist() == [[[2, 3, 4, 9, 8, 27]]]


def test_no_degree_is_refused():
    with pytest.raises(ValueError, match="give 1 or more"):
        PolynomialFeatures(0)


def test_sines_come_after_x():
    x = torch.randn(4, 3)
    assert torch.equal(SineFeatures()(x), torch.hstack([x, torch.sin(x)]))
    assert torch.equal(SineFeatures(cosine=True)(x), torch.hstack([x, torch.sin(x), torch.cos(x)]))

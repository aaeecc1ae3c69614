"""The models of `models.py`: classifiers by the library that they are from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from sklearn import (
    calibration,
    discriminant_analysis,
    ensemble,
    gaussian_process,
    linear_model,
    model_selection,
    naive_bayes,
    neighbors,
    neural_network,
    svm,
    tree,
)
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from skpar import Threshold


@dataclass(frozen=True)
class Model:
    """One model: its library, its name, and how it is made.

    With `native`, strings are categories of pandas, and the model reads them itself.
    """

    library: str
    name: str
    make: Callable[[], Any]
    native: bool = False


def prepared(model: Any) -> Any:
    """Put a model behind one-hot encoding, imputing and scaling."""
    return make_pipeline(_columns(), model)


def _columns() -> Any:
    """Encode strings and booleans, impute and scale numbers."""
    return make_column_transformer(
        (
            OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            make_column_selector(dtype_exclude="number"),
        ),
        remainder=make_pipeline(SimpleImputer(), StandardScaler()),
    )


_LOGISTIC = linear_model.LogisticRegression(max_iter=1000)
_FOREST = ensemble.RandomForestClassifier(100, min_samples_leaf=2, random_state=0)

_PLAIN = {
    "LogisticRegression": _LOGISTIC,
    "LogisticRegressionCV": linear_model.LogisticRegressionCV(
        scoring="neg_log_loss", l1_ratios=(0.0,), use_legacy_attributes=False
    ),
    "RidgeClassifier": linear_model.RidgeClassifier(),
    "SGDClassifier": linear_model.SGDClassifier(loss="log_loss", random_state=0),
    "Perceptron": linear_model.Perceptron(random_state=0),
    "LinearSVC": svm.LinearSVC(),
    "LinearDiscriminantAnalysis": discriminant_analysis.LinearDiscriminantAnalysis(),
    "QuadraticDiscriminantAnalysis": (
        discriminant_analysis.QuadraticDiscriminantAnalysis(reg_param=0.1)
    ),
    "SVC": svm.SVC(random_state=0),
    "SVC, probability=True": svm.SVC(probability=True, random_state=0),
    "KNeighborsClassifier": neighbors.KNeighborsClassifier(15),
    "GaussianNB": naive_bayes.GaussianNB(),
    "BernoulliNB": naive_bayes.BernoulliNB(),
    "DecisionTreeClassifier": tree.DecisionTreeClassifier(
        min_samples_leaf=10, random_state=0
    ),
    "RandomForestClassifier": _FOREST,
    "ExtraTreesClassifier": ensemble.ExtraTreesClassifier(
        100, min_samples_leaf=2, random_state=0
    ),
    "BaggingClassifier": ensemble.BaggingClassifier(random_state=0),
    "AdaBoostClassifier": ensemble.AdaBoostClassifier(random_state=0),
    "GradientBoostingClassifier": ensemble.GradientBoostingClassifier(random_state=0),
    "HistGradientBoostingClassifier": ensemble.HistGradientBoostingClassifier(
        random_state=0
    ),
    "MLPClassifier": neural_network.MLPClassifier(
        (32,), alpha=1.0, max_iter=1000, random_state=0
    ),
    "GaussianProcessClassifier": gaussian_process.GaussianProcessClassifier(
        random_state=0
    ),
}
_WRAPPED = {
    "CalibratedClassifierCV, SVC, sigmoid": calibration.CalibratedClassifierCV(
        prepared(svm.SVC(random_state=0)), ensemble=False
    ),
    "CalibratedClassifierCV, forest, isotonic": calibration.CalibratedClassifierCV(
        prepared(_FOREST), method="isotonic"
    ),
    "TunedThresholdClassifierCV": model_selection.TunedThresholdClassifierCV(
        prepared(_LOGISTIC), random_state=0
    ),
    "FixedThresholdClassifier, 0.7": model_selection.FixedThresholdClassifier(
        prepared(_FOREST), threshold=0.7, response_method="predict_proba"
    ),
    "VotingClassifier, soft": ensemble.VotingClassifier(
        [("linear", prepared(_LOGISTIC)), ("forest", prepared(_FOREST))], voting="soft"
    ),
    "VotingClassifier, hard": ensemble.VotingClassifier(
        [
            ("linear", prepared(_LOGISTIC)),
            ("forest", prepared(_FOREST)),
            ("near", prepared(neighbors.KNeighborsClassifier(15))),
        ]
    ),
    "StackingClassifier": ensemble.StackingClassifier(
        [("linear", prepared(_LOGISTIC)), ("forest", prepared(_FOREST))]
    ),
    "GridSearchCV": model_selection.GridSearchCV(
        prepared(_LOGISTIC), {"logisticregression__C": [0.1, 1.0]}
    ),
}
_REGRESSORS = {
    "LinearRegression": linear_model.LinearRegression(),
    "RandomForestRegressor": ensemble.RandomForestRegressor(
        100, min_samples_leaf=2, random_state=0
    ),
    "HistGradientBoostingRegressor": ensemble.HistGradientBoostingRegressor(
        random_state=0
    ),
}


def all_models() -> Iterator[Model]:
    """List the models; those of other libraries are imported when they are made."""
    for name, model in _PLAIN.items():
        yield Model("scikit-learn", name, lambda model=model: prepared(model))
    yield Model("scikit-learn", "HistGradientBoostingClassifier", _boosting, True)
    for name, model in _WRAPPED.items():
        yield Model("scikit-learn", name, lambda model=model: model)
    for name, model in _REGRESSORS.items():
        yield Model(
            "scikit-learn",
            f"Threshold on {name}",
            lambda model=model: Threshold(prepared(model), at_least=0.6),
        )
    yield from (
        Model("lightgbm", "LGBMClassifier", lambda: prepared(_lightgbm())),
        Model("lightgbm", "LGBMClassifier", _lightgbm, True),
        Model("xgboost", "XGBClassifier", lambda: prepared(_xgboost())),
        Model("xgboost", "XGBClassifier", _xgboost, True),
        Model("catboost", "CatBoostClassifier", lambda: prepared(_catboost())),
        Model("catboost", "CatBoostClassifier", lambda: _catboost(_WORDS), True),
        Model("imbalanced-learn", "pipeline with SMOTE", _smote),
        Model("imbalanced-learn", "BalancedRandomForestClassifier", _balanced),
        Model("skorch", "NeuralNetClassifier", _network),
        Model("skrub", 'tabular_pipeline("classification")', _tabular),
        Model("skrub", "tabular_pipeline(LogisticRegression())", _tabular_linear),
    )


_WORDS = ["education", "job", "housing", "purpose"]


def _boosting() -> Any:
    return ensemble.HistGradientBoostingClassifier(
        categorical_features="from_dtype", random_state=0
    )


def _lightgbm() -> Any:
    from lightgbm import LGBMClassifier

    return LGBMClassifier(n_jobs=1, random_state=0, verbose=-1)


def _xgboost() -> Any:
    from xgboost import XGBClassifier

    return XGBClassifier(n_jobs=1, random_state=0, enable_categorical=True)


def _catboost(cat_features: list[str] | None = None) -> Any:
    from catboost import CatBoostClassifier

    return CatBoostClassifier(
        iterations=200,
        cat_features=cat_features,
        thread_count=1,
        random_seed=0,
        verbose=False,
        allow_writing_files=False,
    )


def _smote() -> Any:
    from imblearn.over_sampling import SMOTE
    from imblearn.pipeline import make_pipeline as make_sampling_pipeline

    return make_sampling_pipeline(_columns(), SMOTE(random_state=0), _LOGISTIC)


def _balanced() -> Any:
    from imblearn.ensemble import BalancedRandomForestClassifier

    return prepared(BalancedRandomForestClassifier(100, random_state=0))


def _network() -> Any:
    import torch
    from skorch import NeuralNetClassifier

    torch.manual_seed(0)
    layers = torch.nn.Sequential(
        torch.nn.LazyLinear(32), torch.nn.ReLU(), torch.nn.Linear(32, 2)
    )
    net = NeuralNetClassifier(
        layers,
        criterion=torch.nn.CrossEntropyLoss,
        lr=0.1,
        max_epochs=20,
        verbose=0,
    )
    to_float32 = FunctionTransformer(np.float32, feature_names_out="one-to-one")
    return make_pipeline(_columns(), to_float32, net)


def _tabular() -> Any:
    from skrub import tabular_pipeline

    return tabular_pipeline("classification")


def _tabular_linear() -> Any:
    from skrub import tabular_pipeline

    return tabular_pipeline(_LOGISTIC)


def version_of(library: str) -> str:
    """Name the installed version of a library."""
    return version(library)

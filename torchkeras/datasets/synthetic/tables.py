"""Made tables: columns in the ranges of the real ones, and a price that follows from them, with some noise."""

from __future__ import annotations

import numpy as np


def boston_rows(count: int) -> tuple[np.ndarray, np.ndarray]:
    """In the shape of Boston housing: 13 columns, the price in 1,000 dollars from 5 to 50."""
    rng = np.random.default_rng(60)
    poverty = rng.beta(2, 4, count)  # what several columns have in common
    near_centre = np.clip(0.6 * poverty + 0.5 * rng.beta(2, 3, count), 0, 1)
    rooms = np.clip(rng.normal(6.9 - 2 * poverty, 0.5), 3.5, 8.8)
    status = np.clip(38 * poverty + rng.normal(0, 2, count), 1.7, 38)
    pupils = np.clip(rng.normal(17 + 4 * poverty, 1.6), 12.6, 22)
    nox = 0.385 + 0.45 * near_centre
    river = (rng.random(count) < 0.07).astype(float)
    columns = [
        np.exp(rng.normal(-4 + 7 * poverty, 1.0)),  # CRIM
        np.where(rng.random(count) < 0.73, 0.0, rng.integers(1, 9, count) * 12.5),  # ZN
        0.5 + 27 * near_centre,  # INDUS
        river,  # CHAS
        nox,  # NOX
        rooms,  # RM
        np.clip(100 * near_centre + rng.normal(15, 15, count), 3, 100),  # AGE
        np.clip(11 - 10 * near_centre + rng.normal(0, 0.7, count), 1.1, 12.1),  # DIS
        np.where(near_centre > 0.6, 24.0, rng.integers(1, 9, count)),  # RAD
        187 + 520 * near_centre,  # TAX
        pupils,  # PTRATIO
        np.clip(rng.normal(385, 20, count), 0.3, 396.9),  # B, here only noise
        status,  # LSTAT
    ]
    price = 9 + 7.5 * (rooms - 5) + 22 * np.exp(-status / 7) + 3 * river - 0.6 * (pupils - 18) - 8 * (nox - 0.5)
    return np.stack(columns, axis=1), np.round(np.clip(price + rng.normal(0, 1.5, count), 5, 50), 1)


def california_rows(count: int) -> tuple[np.ndarray, np.ndarray]:
    """In the shape of California housing: 8 columns, the price in dollars from 15,000 to 500,001."""
    rng = np.random.default_rng(70)
    along = rng.random(count)  # from San Diego to the north along the coast
    inland = rng.gamma(1.5, 0.5, count)
    longitude = np.clip(-117.2 - 6.5 * along + inland, -124.35, -114.31)
    latitude = np.clip(32.6 + 8 * along + rng.normal(0, 0.3, count), 32.54, 41.95)
    age = rng.integers(1, 53, count)
    households = np.clip(np.exp(rng.normal(6, 0.7, count)), 1, 6082)
    per_household = np.clip(rng.normal(5.4, 1.2, count), 1, 20)
    income = np.clip(rng.gamma(4, 0.95, count), 0.5, 15)
    population = households * np.clip(rng.normal(2.9, 0.6, count), 0.7, 8)
    columns = [
        longitude,
        latitude,
        age,
        households * per_household,
        households * np.clip(rng.normal(1.07, 0.08, count), 0.5, 3),
        population,
        households,
        income,
    ]
    price = 205000 * np.exp(-1.2 * inland) + 39000 * income + 600 * age + 9000 * (per_household - 5) - 20000
    price = np.clip(price * np.exp(rng.normal(0, 0.12, count)), 14999, 500001)
    return np.stack(columns, axis=1).astype(np.float32), np.round(price, -2).astype(np.float32)

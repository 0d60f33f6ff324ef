/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The object of the bench: what service.c provides and plugin.c has defined. */
#pragma once

#define BENCH_OBJECT 26252
#define BENCH_RESOURCES 16 /* 0 to 15, Float, Read */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernels whose kthread_create_worker() starts the thread have no "run" one. */
#ifndef RSSE_COMPAT_KTHREAD_H
#define RSSE_COMPAT_KTHREAD_H

#include <linux/kthread.h>

#ifndef kthread_run_worker
#define kthread_run_worker	kthread_create_worker
#endif

#endif /* RSSE_COMPAT_KTHREAD_H */

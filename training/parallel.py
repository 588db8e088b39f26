"""Training on a few CPU cores: one single-threaded process a core, all on one flat parameter vector in shared memory.

Each process takes the next micro-batch of the step until none is left (so a core that is busy with something else only
slows the step down a little), then each updates its slice of the vector (AdamW) and of its moving average. The learning
rate follows the pictures seen, so a slower machine gets the same. Every `keep` steps all that a run needs is written, and
the same command goes on from there after a stop. Two OpenMP threads in one process were up to ten times slower as soon as
anything else ran: set OMP_NUM_THREADS=1.
"""
import glob, math, os, time

import numpy as np
import torch
import torch.multiprocessing as mp


def arguments(a):
    a.add_argument("--out", required=True)
    a.add_argument("--save", required=True)
    a.add_argument("--init", default="")
    a.add_argument("--pictures", type=int, required=True, help="how many are seen in all")
    a.add_argument("--micro", type=int, default=32)
    a.add_argument("--micros", type=int, default=6)
    a.add_argument("--jobs", type=int, default=2)
    a.add_argument("--lr", type=float, default=2e-3)
    a.add_argument("--p0", type=float, default=0, help="part of the cosine that this run covers: from")
    a.add_argument("--p1", type=float, default=1, help="... to")
    a.add_argument("--wd", type=float, default=.05)
    a.add_argument("--warmup", type=int, default=200)
    a.add_argument("--ema", type=float, default=.998)
    a.add_argument("--clip", type=float, default=5)
    a.add_argument("--keep", type=int, default=200, help="steps between two states on the disk")
    a.add_argument("--evals", type=int, default=6, help="how often the averaged weights are measured and saved")
    a.add_argument("--seed", type=int, default=0)


def slots(model, flat):
    """Point every parameter of the model into the flat vector; conv weights lie channels-last there."""
    o = 0
    for p in model.parameters():
        v = flat[o:o + p.numel()]
        yield p, v.view(p.shape[0], p.shape[2], p.shape[3], p.shape[1]).permute(0, 3, 1, 2) if p.dim() == 4 else v.view(p.shape)
        o += p.numel()


def remeasure(model, batches):
    """The averaged weights have never seen a batch: measure their batch-norm statistics (worth 4 points of R@10 in the
    middle of fovea-tiny's training). `batches` runs the model on some pictures."""
    norms = [x for x in model.modules() if isinstance(x, torch.nn.BatchNorm2d)]
    for x in norms:
        x.reset_running_stats(), x.train()
        x.momentum = None
    with torch.no_grad():
        batches()
    [x.eval() for x in norms]


def train(a, model, make):
    """`make(a, rank, step)` -> an object of one process with
    `micro(model)` -> loss, [numbers for the log]; `evaluate(averaged model)` prints and returns what else is saved;
    and, where wanted, `decay(name, parameter)` -> bool and `rate(name)` -> factor of the learning rate."""
    n = sum(p.numel() for p in model.parameters())
    P, G = torch.zeros(n).share_memory_(), [torch.zeros(n).share_memory_() for _ in range(a.jobs)]
    for p, v in slots(model, P):
        v.copy_(p.data)
    A = P.clone().share_memory_()
    if newest(a):
        for t, old in zip((P, A), torch.load(_file(a, newest(a), "all"))):
            t.copy_(old)
        print("goes on behind step", newest(a), flush=True)
    print(n, "parameters", vars(a), flush=True)
    ctx = mp.get_context("fork")
    args = (a, model, make, P, G, A, ctx.Value("i", 0), ctx.Barrier(a.jobs),
            torch.zeros(a.jobs, 9, dtype=torch.float64).share_memory_())
    ps = [ctx.Process(target=_worker, args=(r, *args)) for r in range(a.jobs)]
    [p.start() for p in ps]
    [p.join() for p in ps]
    if any(p.exitcode for p in ps):
        raise SystemExit("a training process failed: see above")


def _worker(rank, a, model, make, P, G, A, counter, barrier, log):
    torch.set_num_threads(1), torch.manual_seed(rank)
    import copy
    averaged = copy.deepcopy(model).eval() if rank == 0 else None
    model.train()
    for (p, v), (_, g) in zip(slots(model, P), slots(model, G[rank])):
        p.data, p.grad = v, g
    if rank == 0:
        for p, e in slots(averaged, A):
            p.data = e
    start = newest(a)
    job, n = make(a, rank, start), P.numel()
    lo, hi = n * rank // a.jobs, n * (rank + 1) // a.jobs
    wd, rates, o = torch.zeros(n), torch.ones(n), 0
    for name, p in model.named_parameters():
        if p.dim() > 1 and getattr(job, "decay", lambda *_: True)(name, p):
            wd[o:o + p.numel()] = a.wd
        rates[o:o + p.numel()] = getattr(job, "rate", lambda _: 1.)(name)
        o += p.numel()
    wd, rates, m, v = wd[lo:hi], rates[lo:hi], torch.zeros(hi - lo), torch.zeros(hi - lo)
    t0, st, seen = time.time(), start, start * a.micro * a.micros
    evals = int(seen / a.pictures * a.evals)
    if start:
        m, v = torch.load(_file(a, start, rank))
    while seen < a.pictures:
        sums = np.zeros(9)
        while True:
            with counter.get_lock():
                k = counter.value
                counter.value += 1
            if k >= a.micros:
                break
            loss, parts = job.micro(model)
            (loss / a.micros).backward()
            sums[:len(parts)] += parts
            sums[8] += 1
        log[rank] = torch.from_numpy(sums)
        barrier.wait()
        g = sum(x[lo:hi] for x in G) if a.jobs > 1 else G[0][lo:hi]
        gn = g.norm().item() * a.jobs ** .5
        if gn > a.clip:
            g = g * (a.clip / gn)
        st += 1
        lr = a.lr * min(1, st / a.warmup) * (.5 + .5 * math.cos(math.pi * (a.p0 + (a.p1 - a.p0) * min(1, seen / a.pictures))))
        m.lerp_(g, .1), v.lerp_(g * g, .01)
        up = (m / (1 - .9 ** st)) / ((v / (1 - .99 ** st)).sqrt() + 1e-8)
        P[lo:hi] -= lr * rates * (up + wd * P[lo:hi])
        A[lo:hi].lerp_(P[lo:hi], max(1 - a.ema, 9 / (10 + st)))
        for x in G:
            x[lo:hi] = 0
        seen += a.micro * a.micros
        if rank == 0:
            counter.value = 0
            if st % 50 == 0:
                l = log.sum(0)
                l = [round(float(x / l[8]), 3) for x in l[:len(parts)]] if log[0, 8] else []
                print(f"{st} {seen / a.pictures:.3f} lr {lr:.2e} {l} gn {gn:.2f} "
                      f"{(st - start) * a.micro * a.micros / (time.time() - t0):.0f}/s shares {[int(x) for x in log[:, 8]]}", flush=True)
        barrier.wait()
        if st % a.keep == 0:
            _keep(a, st, rank, (m, v))
            if rank == 0:
                _keep(a, st, "all", (P, A))
            barrier.wait()                         # nobody goes on before the parameters lie on the disk
        if rank == 0 and (int(seen / a.pictures * a.evals) > evals or seen >= a.pictures):
            evals += 1
            print("EVAL", st, round(time.time() - t0), "s", seen, "seen:", end=" ")
            extra = job.evaluate(averaged)
            torch.save(dict(model={k: x.clone().contiguous() for k, x in averaged.state_dict().items()}, step=st, **extra),
                       f"{a.out}/{a.save}.pt")


def _file(a, step, what):
    return f"{a.out}/{a.save}.{step}.{what}.resume"


def _keep(a, step, what, tensors):
    torch.save(tensors, _file(a, step, what) + ".part")
    os.replace(_file(a, step, what) + ".part", _file(a, step, what))
    if os.path.exists(_file(a, step - 2 * a.keep, what)):
        os.remove(_file(a, step - 2 * a.keep, what))


def newest(a):
    """The last step that every process has written, 0 where there is none."""
    steps = {int(f.split(".")[-3]) for f in glob.glob(_file(a, "*", "all"))}
    return max((s for s in steps if all(os.path.exists(_file(a, s, r)) for r in range(a.jobs))), default=0)

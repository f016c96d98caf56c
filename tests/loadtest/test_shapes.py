"""Steps one after the other, by time or by what happens."""

import subprocess
import sys
from pathlib import Path

# In a process of its own: Locust patches sockets and threads of the one that imports it.
CODE = """
import time
from loadtest.scenarios import Step, Until
from loadtest.shapes import StepShape

class Watched:
    happened = too_much = more = False
    def has_happened(self, until, began): return self.happened
    def is_too_much(self): return self.too_much
    def needs_time(self): return self.more

def shape(watch, *steps):
    own = [Step(users, seconds, 9, until) for users, seconds, until in steps]
    return StepShape(own, watch.has_happened, watch.is_too_much, watch.needs_time)

# By time: one step after the other, none left out however late it is asked.
two = shape(Watched(), (1, 0.01, None), (2, 0.01, None))
assert two.tick() == (1, 9)
time.sleep(0.05)
assert two.tick() == (2, 9)
time.sleep(0.05)
assert two.tick() is None
first, second = two.step_runs(two.began[0], two.began[1] + 1)
assert (first.users, first.began_s, second.users) == (1, 0, 2)
assert first.ended_s == second.began_s

# By what happens, before its time is up.
watch = Watched()
by_event = shape(watch, (1, 600, Until.REFUSED), (2, 600, None))
assert by_event.tick() == by_event.tick() == (1, 9)
watch.happened = True
assert by_event.tick() == (2, 9)
assert by_event.tick() == (2, 9)

# The next step is not entered if the last was too much.
watch = Watched()
ramp = shape(watch, (1, 0, None), (2, 0, None))
assert ramp.tick() == (1, 9)
watch.too_much = True
assert ramp.tick() is None

# The last step goes on while something needs time.
watch = Watched()
watch.more = True
last = shape(watch, (1, 0, None))
assert last.tick() == last.tick() == (1, 9)
watch.more = False
assert last.tick() is None
"""


def test_steps_follow_their_times_what_happens_and_what_needs_time():
    subprocess.run([sys.executable, "-c", CODE], cwd=Path(__file__).parents[2], check=True)

"""What could run when a file is loaded: found without loading it.

It works in a process of its own (`process.py` starts it, `child.py` is it), which has neither the service's secrets nor
its database, asks for the bytes over a pipe, and is killed when it takes too long. So nothing in this folder but
`process.py` may need Django, and a file made to break a scanner breaks nothing else.

`content.py` recognises pickles and archives by their content and looks into archives within limits; `pickles.py` reads
which names a pickle imports; `judgement.py` asks picklescan what those names can do. Nothing is ever unpickled.
"""

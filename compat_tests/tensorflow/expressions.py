"""One-line programs, and what each shows: run against TensorFlow by `python -m compat_tests.tensorflow.expressions`.

    TF_USE_LEGACY_KERAS=1 CUDA_VISIBLE_DEVICES=-1 python -m compat_tests.tensorflow.expressions

writes data/expressions.json; run it in an environment with TensorFlow and NumPy.
"""

import json
import re
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data" / "expressions.json"

#: Evaluated in order with `a`, `i`, `m`, `b`, `s` tensors and `v` a variable: later ones see what `assign` did.
EXPRESSIONS = """
i+2.5
i+np.array([1.5,2.5])
a+np.array([1,2])
a+np.array([1.5,2.5])
a+np.float64(3)
i+np.int64(3)
a+i
i+tf.constant([1,2],tf.int64)
i/2
i/i
tf.constant([1,2],tf.int8)/tf.constant([2,2],tf.int8)
i//2
-i//2
i%2
-i%3
-7.5//a
a%1.5
i**2
a**2
2**a
i**-1
2-a
1/a
-i
abs(-a)
a@a
m@m
a==i
a==tf.constant([1.,2.,3.])
a==None
a!=None
a==[1.,2.]
a!=1
a<2
i<2.5
a>=tf.constant(2.)
~b
~i
b&~b
b|~b
b^b
i&1
i|4
a*True
a[0]
a[5]
a[-1]
a[a>1]
m[b]
m[:,None]
m[...,0]
m[0,1]
m[-1:,::-1]
m[tf.newaxis,0]
m[tf.constant(1)]
m[1,tf.constant(0)]
m[0:10]
a[::-1]
a[1.5]
a[np.array([0])]
a['x']
a[0:1,None]
hash(a)
bool(a)
bool(a[0])
int(a[1])
float(a[1])
len(m)
len(a[0])
list(i)
[x for x in a[0]]
a.foo
a.numpy()
a.name
a.shape
str(m.shape)
m.shape[0]
m.shape.as_list()
m.shape.rank
m.shape[1:]
m.shape+[3]
a.dtype
str(a.dtype)
i.dtype.name
i.dtype.is_integer
a.device
a.ndim
a.get_shape()
a.ref() == a.ref()
a.set_shape((3,))
format(a[0],'.2f')
f'{a[0]:.3f}'
f'{a}'
'%d' % i[0]
range(i[1])
[10,20,30][i[1]]
str(a)
str(a[0])
str(m)
str(tf.constant([[[1]]]))
str(tf.constant(np.arange(2000)))
str(tf.constant('a'))
str(tf.constant([b'a','b']))
str(b)
tf.constant(2**40)
tf.constant(1.5,tf.int32)
tf.constant(np.array([1.5]),tf.int32)
tf.constant(None)
tf.constant([[1],[1,2]])
tf.constant([1,2.5])
tf.constant([True,1])
tf.constant('a')
tf.constant(['a','b'])
tf.constant([['a','b'],['c','d']])
tf.constant(1+2j)
tf.constant([])
tf.constant([[]])
tf.constant(7,tf.float16)
tf.constant([1,2,3,4],shape=(2,2))
tf.constant([1,2],shape=(2,3))
tf.constant(3,shape=(2,2))
tf.constant(np.arange(3))
tf.constant(np.float64(1.))
tf.constant(range(3))
tf.constant((1,2))
tf.constant(True)
tf.constant([1e-8,1])
tf.constant([0.1,1e10])
tf.constant([np.nan,np.inf,-np.inf])
tf.constant(1,dtype='float64')
tf.constant(b'\\x00\\xff')
tf.convert_to_tensor([1.,2.])
tf.convert_to_tensor(a) is a
tf.convert_to_tensor(a,tf.int32)
tf.convert_to_tensor([1,2],dtype_hint=tf.float32)
tf.convert_to_tensor({'a':1})
np.array([1.,2.])+a
np.add(np.array([1.,2.]),a)
[1.,2.]+a
np.asarray(a)
np.sqrt(a)
np.sum(m)
np.array([a,a])
sum(a)
max(a)
s[0]
s[0]+s[1]
s=='x'
len(s)
s.numpy()
s.shape
[x.numpy() for x in s]
v+1
v*v
2-v
v[0]
v[:1]
v
v.assign([3.,4.])
v.assign_add([1.,1.])
v.assign_sub([1.,1.])
v
v[0].assign(9.)
v
v[1:].assign([7.])
v
v.assign([1.,2.,3.])
v.value()
v.read_value()
v.numpy()
v.shape
v.dtype
v.name
v.trainable
v==v
-v
v@v
tf.Variable(1)
tf.Variable([[1,2]],name='w',dtype=tf.float32)
tf.Variable(lambda: tf.constant(2.))
tf.Variable(0.5).assign_add(1).numpy()
tf.Variable(np.arange(4.).reshape(2,2))
tf.Variable([1.,2.]).scatter_nd_update([[0]],[5.])
tf.Variable([1.,2.]).is_initialized()
isinstance(v,tf.Tensor)
isinstance(a,tf.Tensor)
isinstance(s,tf.Tensor)
isinstance(v,tf.Variable)
tf.float32
tf.float32 == np.float32
tf.int32.max
tf.float32.as_numpy_dtype
tf.as_dtype('int64')
tf.as_dtype('wrong')
tf.string
tf.bool
tf.TensorShape([None,3])
str(tf.TensorShape([None,3]))
tf.TensorShape(None)
tf.TensorShape([2,3]).num_elements()
tf.TensorShape([None,3]).is_compatible_with([2,3])
tf.TensorShape([1]) == [1]
tf.TensorShape([1,2]).concatenate([3])
tf.TensorShape([2]).assert_has_rank(2)
""".strip().splitlines()


def names(tf):
    return {
        "tf": tf,
        "np": np,
        "a": tf.constant([1.0, 2.0]),
        "i": tf.constant([1, 2]),
        "m": tf.constant([[1.0, 2.0], [3.0, 4.0]]),
        "b": tf.constant([True, False]),
        "s": tf.constant(["x", "y"]),
        "v": tf.Variable([1.0, 2.0]),
    }


def run(tf):
    """What each expression shows, or the type of the error it raises."""
    known, found = names(tf), []
    for expression in EXPRESSIONS:
        try:
            found.append(["value", shown(eval(expression, known))])
        except Exception as error:
            found.append(["error", type(error).__name__])
    return found


def shown(value):
    # NumPy 2 names the type of its scalars; 1 did not.
    text = re.sub(r"np\.(?:float|int|u?int|bool|str|bytes)\w*\(([^()]*)\)", r"\1", repr(value))
    return text.replace("np.False_", "False").replace("np.True_", "True")


if __name__ == "__main__":
    import tensorflow

    DATA.parent.mkdir(exist_ok=True)
    DATA.write_text(json.dumps(run(tensorflow), indent=0) + "\n")

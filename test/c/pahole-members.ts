/** A struct with members of every kind of type, and its listing by pahole 1.24 (compiled by GCC 12 with -g). */

export const MEMBERS = `
typedef unsigned int u32; typedef u32 triple[3]; typedef triple six[2]; typedef int (*callback)(int, char *);
typedef int function(void); typedef enum { Q, R } choice; typedef const volatile int cvi;
struct node { struct node *next, **all; };
struct members {
  const char *name; const char *const fixed; volatile const int cv; int (*call)(struct node *, int, ...);
  void *any; void (*none)(void); void (*(*twice)(int))(char); int (*row)[5]; int (*table[2])(char); u32 *pointers[4];
  triple t; six s; triple pair[2]; callback back; function *plain; choice c; cvi v; const cvi w; const triple ct;
  struct node n; struct { int z; char y; } list[2]; union { int q; struct { char c; int flex[0]; } in; } un;
  enum { LONG_NAME, B = 0x7fffffffffff } big; const char text[16]; const u32 words[2]; char *restrict r;
  struct { int x; } *hidden; _Bool flag; long double ld; _Complex double cd; unsigned __int128 wide; signed char sc;
  int a_member_with_a_name_that_is_longer_than_its_column; struct { int a; } another_member_with_a_very_long_name_indeed;
  __builtin_va_list ap; const struct node *nodes[2]; int last[0];
};
struct forced { __int128 a; char c; };
struct flexible { int n; const char text[]; };
struct one { int only[0]; };
struct empty {};
`;

export const LISTING = `struct members {
	const char  *              name;                 /*     0     8 */
	const const char  *        fixed;                /*     8     8 */
	volatile const int         cv;                   /*    16     4 */

	/* XXX 4 bytes hole, try to pack */

	int                        (*call)(struct node *, int, ...); /*    24     8 */
	void *                     any;                  /*    32     8 */
	void                       (*none)(void);        /*    40     8 */
	void ()(char) *            (*twice)(int);        /*    48     8 */
	int *                      row;                  /*    56     8 */
	/* --- cacheline 1 boundary (64 bytes) --- */
	int                        (*table)(char)[2];    /*    64    16 */
	u32 *                      pointers[4];          /*    80    32 */
	triple                     t;                    /*   112    12 */
	six                        s;                    /*   124    24 */
	/* --- cacheline 2 boundary (128 bytes) was 20 bytes ago --- */
	u32                        pair[2][3];           /*   148    24 */

	/* XXX 4 bytes hole, try to pack */

	callback                   back;                 /*   176     8 */
	function *                 plain;                /*   184     8 */
	/* --- cacheline 3 boundary (192 bytes) --- */
	choice                     c;                    /*   192     4 */
	cvi                        v;                    /*   196     4 */
	cvi                        w;                    /*   200     4 */
	const u32                  ct[3];                /*   204    12 */
	struct node                n;                    /*   216    16 */
	struct {
		int                z;                    /*   232     4 */
		char               y;                    /*   236     1 */
	} list[2]; /*   232    16 */
	union {
		int                q;                    /*   248     4 */
		struct {
			char       c;                    /*   248     1 */

			/* XXX 3 bytes hole, try to pack */

			int        flex[0];              /*   252     0 */
		} in;                                    /*   248     4 */
	} un;                                            /*   248     4 */

	/* XXX 4 bytes hole, try to pack */

	/* --- cacheline 4 boundary (256 bytes) --- */
	enum {
		LONG_NAME = 0,
		B         = 140737488355327,
	} __attribute__((__packed__)) big;                                           /*   256     8 */
	const const char           text[16];             /*   264    16 */
	const const u32            words[2];             /*   280     8 */
	char * restrict            r;                    /*   288     8 */
	struct {
		int        x;                    /*     0     4 */
	} * hidden; /*   296     8 */
	_Bool                      flag;                 /*   304     1 */

	/* XXX 15 bytes hole, try to pack */

	/* --- cacheline 5 boundary (320 bytes) --- */
	long double                ld;                   /*   320    16 */
	complex double             cd;                   /*   336    16 */
	__int128 unsigned          wide;                 /*   352    16 */
	signed char                sc;                   /*   368     1 */

	/* XXX 3 bytes hole, try to pack */

	int                        a_member_with_a_name_that_is_longer_than_its_column; /*   372     4 */
	struct {
		int                a;                    /*   376     4 */
	} another_member_with_a_very_long_name_indeed;   /*   376     4 */

	/* XXX 4 bytes hole, try to pack */

	/* --- cacheline 6 boundary (384 bytes) --- */
	struct __va_list           ap;                   /*   384    32 */
	const struct node  *       nodes[2];             /*   416    16 */
	int                        last[];               /*   432     0 */

	/* size: 432, cachelines: 7, members: 37 */
	/* sum members: 398, holes: 6, sum holes: 34 */
	/* last cacheline: 48 bytes */
};
`;

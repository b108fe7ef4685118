/** The keys that choose the kernel, and what it must have. */
import * as z from 'zod';

export const kernelSources = z
  .strictObject({
    kernel: z.string().optional().describe('a Linux tree configured for arm64, instead of the three below'),
    hyp: z.string().optional().describe('folder with hyp.S, vgic-v2-switch.S and vgic-v3-switch.S'),
    include: z.array(z.string()).min(1).optional().describe('include folders, in the order they are searched'),
    offsets: z.string().optional().describe('the asm-offsets.c that names the struct offsets'),
  })
  .transform(({ kernel, hyp, include, offsets }, context) => {
    if (kernel !== undefined && hyp === undefined && include === undefined && offsets === undefined) return { kernel };
    if (kernel === undefined && hyp !== undefined && include !== undefined && offsets !== undefined)
      return { hyp, include, offsets };
    if (context.issues.length > 0) return z.NEVER;
    const message = 'expected kernel alone, or hyp, include and offsets together';
    context.addIssue({ code: 'custom', message, path: [kernel === undefined ? 'hyp' : 'kernel'] });
    return z.NEVER;
  });

export const need = z.string().regex(/^((vcpu|kvm)\.[A-Za-z_][\w.\->[\]]*|[A-Za-z_]\w*)$/, {
  error: 'expected a path from vcpu or kvm, a constant of the headers, or a symbol of the world switch',
});
